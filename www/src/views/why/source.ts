/** Where something is written. */
export interface Source {
  title: string;
  /** Section, figure or table. */
  where: string;
  href: string;
}
