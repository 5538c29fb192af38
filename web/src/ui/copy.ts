import { announce } from "@/app/announce";

/** Puts text on the clipboard and says so. Without a secure context there is no clipboard: an old way is tried then. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    field.style.opacity = "0";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) {
      announce(`The browser does not let this page copy. The ${what} is: ${text}`);
      return;
    }
  }
  announce(`Copied ${what}`);
}
