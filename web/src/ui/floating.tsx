/** What floats: popover, menu, dialog. Base UI does focus, keys and places; on a phone each is a sheet from below (CSS). */

import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { Menu as BaseMenu } from "@base-ui/react/menu";
import { Popover as BasePopover } from "@base-ui/react/popover";
import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { CloseIcon } from "./icons";
import { IconButton, Kbd } from "./button";

/** A box that opens at its trigger and gives the focus back when it closes. */
export function Popover({
  trigger,
  title,
  children,
  width = 320,
  open,
  onOpenChange,
  align = "start",
}: {
  trigger: ReactElement;
  title?: ReactNode;
  children: ReactNode;
  width?: number;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
}) {
  return (
    <BasePopover.Root open={open} onOpenChange={onOpenChange}>
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner sideOffset={6} align={align} className="floating">
          <BasePopover.Popup className="pop show sheet" style={{ width }}>
            {title && (
              <header>
                <BasePopover.Title render={<h3 />}>{title}</BasePopover.Title>
                <span className="grow" />
                <BasePopover.Close render={<IconButton icon={CloseIcon} label="Close" keys="Esc" />} />
              </header>
            )}
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}

/** One line of a menu; `null` in the list is a rule between groups. */
export interface MenuItem {
  label: ReactNode;
  icon?: LucideIcon;
  keys?: string[];
  danger?: boolean;
  checked?: boolean;
  disabled?: boolean;
  onSelect: () => void;
}

/** A list of commands at its trigger. */
export function Menu({
  trigger,
  items,
  align = "end",
}: {
  trigger: ReactElement;
  items: (MenuItem | null)[];
  align?: "start" | "end";
}) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={6} align={align} className="floating">
          <BaseMenu.Popup className="pop show menu sheet">
            {items.map((item, at) =>
              item ? (
                <BaseMenu.Item
                  key={at}
                  className={`mi ${item.danger ? "err-t" : ""}`}
                  disabled={item.disabled}
                  onClick={item.onSelect}
                >
                  {item.icon && <item.icon size={14} strokeWidth={1.5} className="i" aria-hidden />}
                  <span className="grow cut">{item.label}</span>
                  {item.keys && <Kbd keys={item.keys} />}
                </BaseMenu.Item>
              ) : (
                <BaseMenu.Separator key={at} className="mi-rule" />
              ),
            )}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

/** A box over the page that asks for an answer. */
export function Dialog({
  open,
  onOpenChange,
  title,
  children,
  className = "",
  hideTitle = false,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  className?: string;
  hideTitle?: boolean;
}) {
  return (
    <BaseDialog.Root open={open} onOpenChange={onOpenChange}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim show" />
        <BaseDialog.Popup className={`dlg ${className}`}>
          <BaseDialog.Title className={hideTitle ? "vh" : "dlg-title"}>{title}</BaseDialog.Title>
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
