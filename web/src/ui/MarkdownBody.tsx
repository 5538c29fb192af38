/** The reader of Markdown, in a chunk of its own. */

import type { ComponentProps } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { isWebAddress, OUTSIDE } from "./web";
import { highlight } from "./highlight";
import { ImageIcon } from "./icons";

const EMBEDDED = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*$/;

const components: Components = {
  a: ({ href, children }) =>
    href && isWebAddress(href) ? (
      <a className="link" href={href} {...OUTSIDE} title={href}>
        {children}
      </a>
    ) : (
      <span title={href || undefined}>{children}</span>
    ),
  img: ({ src, alt }) => <Image src={typeof src === "string" ? src : ""} alt={alt ?? ""} />,
  p: ({ children }) => <p dir="auto">{children}</p>,
  li: ({ children, className }) => (
    <li dir="auto" className={className}>
      {children}
    </li>
  ),
  table: ({ children }) => (
    <div className="mdtable" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  code: Code,
  input: ({ checked }) => <input type="checkbox" checked={checked} readOnly disabled aria-label="done" />,
};

export default function MarkdownBody({ text }: { text: string }) {
  return (
    <div className="prose md">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components} urlTransform={(url) => url}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

/** Code inside a line, or a block of it with its language. */
function Code({ children, className }: ComponentProps<"code">) {
  const language = /language-([\w-]+)/.exec(className ?? "")?.[1];
  const text = typeof children === "string" ? children : "";
  if (!language && !text.includes("\n")) return <code className="mono">{children}</code>;
  return <code>{highlight(text.replace(/\n$/, ""), language)}</code>;
}

/** An image inside the text is shown; one elsewhere never is: fetching it would tell its server who reads. */
function Image({ src, alt }: { src: string; alt: string }) {
  if (EMBEDDED.test(src)) return <img src={src} alt={alt} className="media" />;
  return (
    <span className="medianote" title={src.slice(0, 300)}>
      <ImageIcon size={13} strokeWidth={1.5} className="i" aria-hidden />
      <span className="cut">{alt || "image"}</span>
      <span className="dim cut">not fetched{isWebAddress(src) ? ` from ${new URL(src).host}` : ""}</span>
    </span>
  );
}
