import { IconButton } from "@/ui/button";
import { PauseIcon, PlayIcon } from "@/ui/icons";

/** Whether the list follows what happens, and how many runs are live. */
export function LiveState({
  up,
  paused,
  count,
  onToggle,
  onShow,
}: {
  up: boolean;
  paused: boolean;
  count: number | undefined;
  onToggle: () => void;
  onShow: () => void;
}) {
  return (
    <span className="livestate">
      {!paused && up && count === 0 && (
        <span className="dim" title="Nothing runs now; new runs appear here by themselves">
          0 live
        </span>
      )}
      {!paused && up && count !== 0 && (
        <button type="button" className="state k-live" onClick={onShow} title="Only what is live">
          <span className="pulse" aria-hidden />
          {count === undefined ? "live" : `${count} live`}
        </button>
      )}
      {paused && <span className="dim">paused</span>}
      <IconButton
        icon={paused ? PlayIcon : PauseIcon}
        label={paused ? "Go on with live updates" : "Pause live updates"}
        keys="."
        className="no-phone"
        onClick={onToggle}
      />
    </span>
  );
}
