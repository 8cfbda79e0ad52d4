// Image references: the familiar form that lists and filters use, and which registry a name belongs to.
// Source: the distribution reference grammar, as the docker CLI applies it.

export interface Reference {
  /** The registry's host; "docker.io" when the name has none. */
  readonly domain: string;
  /** With "library/" for official images. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
}

const DEFAULT_DOMAIN = "docker.io";
const LEGACY_DOMAIN = "index.docker.io";

export const parseReference = (text: string): Reference => {
  const at = text.indexOf("@");
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const isDomain = first !== "" && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  const domain = isDomain ? (first === LEGACY_DOMAIN ? DEFAULT_DOMAIN : first) : DEFAULT_DOMAIN;
  const remainder = isDomain ? name.slice(slash + 1) : name;
  const path = domain === DEFAULT_DOMAIN && !remainder.includes("/") ? `library/${remainder}` : remainder;
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
};

/** The name without tag and digest, as people write it: "nginx", "user/app", "host:5000/app". */
export const familiarName = ({ domain, path }: Reference): string =>
  domain === DEFAULT_DOMAIN ? path.replace(/^library\/(?=[^/]+$)/, "") : `${domain}/${path}`;

/** How an image list writes the reference; a digest outweighs a tag, no tag means "latest". */
export const familiarText = (reference: Reference): string =>
  reference.digest === undefined
    ? `${familiarName(reference)}:${reference.tag ?? "latest"}`
    : `${familiarName(reference)}@${reference.digest}`;

/** Whether the text may be an image's id, whole or the beginning of one; such a text may be a name as well. */
export const mayBeId = (text: string): boolean => /^(?:sha256:)?[0-9a-f]{4,64}$/.test(text);
