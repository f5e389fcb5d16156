// Where the page is: "#/clienten/C-1?doel=…". What follows the # never reaches a server or its log.
import { useLayoutEffect, useState } from "preact/hooks";

export interface Place { path: string[]; query: URLSearchParams; text: string }

export function place(): Place {
  const text = location.hash.replace(/^#/, "") || "/";
  const [path = "", query = ""] = text.split("?");
  return { path: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query), text };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** An address of a screen, from its segments and query. */
export function to(segments: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const said = new URLSearchParams(query).toString();
  return `#/${segments.map(encodeURIComponent).join("/")}${said ? `?${said}` : ""}`;
}

export function go(address: string): void { location.hash = address; }
/** The same without a step back to where we are now. */
export function instead(address: string): void { location.replace(address); }

// Before any screen is drawn anew: it moves the focus to its heading when somebody came from another one (components/basic.tsx).
addEventListener("hashchange", () => { document.documentElement.dataset.moved = "yes"; });

export function usePlace(): Place {
  const [where, set] = useState(place);
  useLayoutEffect(() => {
    const moved = () => set(place());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return where;
}

/** The {names} of a pattern like "clienten/{ref}/toestemming", or nothing when the path does not fit. */
export function fits(pattern: string, path: readonly string[]): Record<string, string> | undefined {
  const wanted = pattern.split("/").filter(Boolean);
  if (wanted.length !== path.length) return undefined;
  const out: Record<string, string> = {};
  for (const [index, one] of wanted.entries()) {
    const got = path[index] ?? "";
    if (one.startsWith("{")) out[one.slice(1, -1)] = got;
    else if (one !== got) return undefined;
  }
  return out;
}
