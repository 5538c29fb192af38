import { CATEGORIES, type Category } from "@/trace/skeleton";

/** The kind of a step from the server's word; one that this page does not know is `other`. */
export function categoryOf(word: string): Category {
  return CATEGORIES.find((category) => category === word) ?? "other";
}
