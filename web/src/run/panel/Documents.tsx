/** What a search found, and what was embedded: one card each. */

import { exact, plural } from "@/format";
import type { Detail, FoundDocument, Json } from "./detail";
import { Side } from "./Side";
import { Value } from "./Value";

/** Cards drawn; the others are counted. */
const CARDS_MAX = 200;

/** Texts that were embedded, one below the other; the vectors as JSON. */
export function Embedding({ input, output }: { input: Json; output: Json }) {
  const texts = Array.isArray(input) && input.every((text) => typeof text === "string") ? input : null;
  return (
    <>
      {texts ? (
        <section className="sec">
          <h3 className="sech">{plural(texts.length, "text")}</h3>
          <ol className="documents">
            {texts.slice(0, CARDS_MAX).map((text, at) => (
              <li key={at} className="pair">
                <div>
                  <Value value={text} pointer={`/content/input/${at}`} label={`Text ${at + 1}`} as="plain" />
                </div>
              </li>
            ))}
          </ol>
          {texts.length > CARDS_MAX && (
            <p className="dim">{exact(texts.length - CARDS_MAX)} more are under Raw</p>
          )}
        </section>
      ) : (
        <Side title="Input" value={input} pointer="/content/input" none="The sender said no text" />
      )}
      {output !== null && <Side title="Output" value={output} pointer="/content/output" none="" />}
    </>
  );
}

/** A search: what was looked for and what was found. */
export function Search({ detail }: { detail: Detail }) {
  const { query, top_k, data_source, documents } = detail.content.retrieval!;
  const best = Math.max(...documents.map(({ score }) => Math.abs(score ?? 0)), 0);
  return (
    <>
      {(query !== null || data_source !== null) && (
        <section className="sec">
          <h3 className="sech">
            Query
            <span className="grow" />
            <span className="dim light">
              {[data_source && `in ${data_source}`, top_k !== null && `${top_k} wanted`]
                .filter(Boolean)
                .join(", ")}
            </span>
          </h3>
          {query !== null && (
            <Value value={query} pointer="/content/retrieval/query" label="Query" as="plain" />
          )}
        </section>
      )}
      <section className="sec">
        <h3 className="sech">
          {documents.length > 0 ? plural(documents.length, "document") : "Nothing was found"}
        </h3>
        <ol className="documents">
          {documents.slice(0, CARDS_MAX).map((document, at) => (
            <Document key={at} document={document} at={at} best={best} />
          ))}
        </ol>
        {documents.length > CARDS_MAX && (
          <p className="dim">{exact(documents.length - CARDS_MAX)} more are under Raw</p>
        )}
      </section>
    </>
  );
}

function Document({ document, at, best }: { document: FoundDocument; at: number; best: number }) {
  const pointer = `/content/retrieval/documents/${at}`;
  const { id, score, distance, content, metadata } = document;
  return (
    <li className="pair">
      <div>
        <div className="h">
          <span className="dim num">{at + 1}</span>
          <bdi className="mono med cut">{id ?? ""}</bdi>
          <span className="grow" />
          {score !== null && (
            <>
              <span className="scorebar" aria-hidden>
                <i style={{ width: `${best > 0 ? (Math.abs(score) / best) * 100 : 0}%` }} />
              </span>
              <span className="num" title="Score: larger is closer">
                {Number(score.toPrecision(4))}
              </span>
            </>
          )}
          {distance !== null && (
            <span className="num dim" title="Distance: smaller is closer">
              distance {Number(distance.toPrecision(4))}
            </span>
          )}
        </div>
        {content !== null && (
          <Value value={content} pointer={`${pointer}/content`} label={`Document ${at + 1}`} as="markdown" />
        )}
        {metadata !== null && <Value value={metadata} pointer={`${pointer}/metadata`} label="Metadata" />}
      </div>
    </li>
  );
}
