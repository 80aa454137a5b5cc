/** What the build tells the service worker of the site (www/offline.ts). */
export interface Site {
  /** Kept from the first visit on: the page, its scripts, its samples. */
  files: SiteFile[];
  /** The engine's builds, by flavour: a browser keeps those that it runs. */
  flavours: Record<string, SiteFile>;
  /** Kept once they were used: other people's engines, the lab. */
  later: string[];
}

export interface SiteFile {
  /** From the site's folder. */
  url: string;
  /** Of what is called the same in every build; null: the name says what is in it. */
  revision: string | null;
  /** Another build's file under the same name is none of this one's. */
  integrity: string;
}

/** What a page and the service worker say to each other. */
export type Word =
  /** The visitor wants the build that waits. */
  | { say: 'take over' }
  /** A page has started: what no page needs any more may go. */
  | { say: 'tidy' }
  /** Which build a page is of: it answers with its script's address, on the port that came along. */
  | { say: 'which' };
