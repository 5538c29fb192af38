/** The thread that leads out. */
export function Logo() {
  return (
    <svg
      className="logo"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M14.6 5.2A6.6 6.6 0 1 0 16.6 10" />
      <path d="M12.7 7.4a3.7 3.7 0 1 0 1 2.6" />
      <path d="M16.6 10c0 3.6 1 5.6 2.6 7.2" />
    </svg>
  );
}
