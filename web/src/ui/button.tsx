import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

type Plain = ComponentProps<"button">;

/** A button in words, with an icon before them. */
export function Button({
  icon: Icon,
  tone = "",
  small = false,
  on = false,
  children,
  className = "",
  ...rest
}: Plain & {
  icon?: LucideIcon;
  tone?: "" | "primary" | "ghost" | "danger";
  small?: boolean;
  on?: boolean;
  children?: ReactNode;
}) {
  return (
    <button
      type="button"
      className={`btn ${tone} ${small ? "sm" : ""} ${on ? "on" : ""} ${className}`}
      {...rest}
    >
      {Icon && <Icon size={14} strokeWidth={1.5} className="i" aria-hidden />}
      {children}
    </button>
  );
}

/** A button that is only an icon; its label is read and shown as tooltip, with the key where there is one. */
export function IconButton({
  icon: Icon,
  label,
  keys,
  tone = "ghost",
  className = "",
  ...rest
}: Plain & {
  icon: LucideIcon;
  label: string;
  keys?: string;
  tone?: string;
}) {
  const title = keys ? `${label} (${keys})` : label;
  return (
    <button
      type="button"
      className={`btn icon ${tone} ${className}`}
      aria-label={label}
      title={title}
      {...rest}
    >
      <Icon size={15} strokeWidth={1.5} className="i" aria-hidden />
    </button>
  );
}

/** Keys as they are printed on a keyboard. */
export function Kbd({ keys }: { keys: string[] }) {
  return (
    <span className="kb">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
