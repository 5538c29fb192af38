/** A few choices of which one holds, side by side: a list of tabs with one tab stop and arrow keys. */

import type { LucideIcon } from "lucide-react";
import type { KeyboardEvent } from "react";

export interface Segment<T extends string> {
  value: T;
  label: string;
  icon?: LucideIcon;
  /** Printed behind the label. */
  hint?: string;
}

export function Segments<T extends string>({
  label,
  options,
  value,
  onChange,
  controls,
  className = "",
}: {
  /** What is chosen, for screen readers. */
  label: string;
  options: readonly Segment<T>[];
  value: T;
  onChange: (value: T) => void;
  /** Id of what the tabs show. */
  controls?: string;
  className?: string;
}) {
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = options.findIndex((option) => option.value === value);
    const next = options[(at + step + options.length) % options.length]!;
    onChange(next.value);
    event.currentTarget.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus();
  };
  return (
    <div className={`seg ${className}`} role="tablist" aria-label={label} onKeyDown={move}>
      {options.map(({ value: each, label: text, icon: Icon, hint }) => (
        <button
          key={each}
          type="button"
          role="tab"
          data-value={each}
          aria-selected={each === value}
          aria-controls={controls}
          aria-label={text}
          tabIndex={each === value ? 0 : -1}
          title={hint ? `${text} (${hint})` : text}
          onClick={() => onChange(each)}
        >
          {Icon && <Icon size={14} strokeWidth={1.5} className="i" aria-hidden />}
          <span className="segword">{text}</span>
          {hint && <kbd className="no-phone">{hint}</kbd>}
        </button>
      ))}
    </div>
  );
}
