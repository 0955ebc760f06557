/**
 * The beginning of a text of any length, for what is kept in the cluster. It ends before a word, not within: half a secret would
 * not be recognised where secrets are taken out.
 */
export const clipped = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax).replace(/[^\s"'<>,;&]*$/, '')}…`
