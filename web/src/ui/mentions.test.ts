import { expect, test } from "vitest";
import { mentionsIn, withoutMentions } from "./mentions";

const IMAGE = "@@@langfuseMedia:type=image/jpeg|id=cc48838a-3da8-4ca4-a007-2cf8df930e69|source=base64@@@";

test("what a text says of media is taken out of it", () => {
  expect(mentionsIn("no media here @@@")).toBeNull();
  expect(mentionsIn(`Look: ${IMAGE} and ${IMAGE}.`)).toEqual([
    "Look: ",
    { type: "image/jpeg", id: "cc48838a-3da8-4ca4-a007-2cf8df930e69" },
    " and ",
    { type: "image/jpeg", id: "cc48838a-3da8-4ca4-a007-2cf8df930e69" },
    ".",
  ]);
  expect(mentionsIn(IMAGE)).toHaveLength(1);
  expect(withoutMentions(`a ${IMAGE} b`)).toBe("a [image/jpeg] b");
});

test("what only looks like it stays text", () => {
  for (const text of [
    "@@@langfuseMedia:type=image/jpeg@@@",
    "@@@langfuseMedia:type=image/jpeg|id=a",
    "@@@langfuseMedia:@@@",
    "@@@langfuseMedia:id=a\nb@@@",
  ]) {
    expect(mentionsIn(text)).toBeNull();
    expect(withoutMentions(text)).toBe(text);
  }
});
