/** A few bars in a row of a table; the words beside it say the same. */

const WIDTH = 48;
const HEIGHT = 16;

export function Spark({
  values,
  colour = "--st-error",
  label,
}: {
  values: readonly number[];
  colour?: string;
  label: string;
}) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  return (
    <svg className="spark" width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <title>{label}</title>
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} stroke="var(--line)" strokeDasharray="1 2" />
      {values.map((value, at) => {
        const height = value === 0 ? 0 : Math.max(2, (value / most) * (HEIGHT - 1));
        return (
          height > 0 && (
            <rect
              key={at}
              x={at * step}
              y={HEIGHT - height}
              width={Math.max(1, step - 1)}
              height={height}
              fill={`var(${colour})`}
            />
          )
        );
      })}
    </svg>
  );
}
