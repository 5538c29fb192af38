/** Layout outside the page's thread: a request in, an answer out. The page sends one at a time. */

import { arrange, type LayoutRequest } from "./layout";

self.addEventListener("message", (event: MessageEvent<LayoutRequest>) => {
  const answer = arrange(event.data);
  if ("centres" in answer) self.postMessage(answer, { transfer: [answer.centres.buffer] });
  else self.postMessage(answer);
});
