/** `argosy-<host>_<uuid>` (OPS-37); the reference's is `<host>_<uuid>`, the name of its pod (OPS-31). */
const ofArgosy = /^argosy-(.+)_[^_]+$/

/** Where the Argosy of that identity runs. */
export const hostOf = (identity: string): string | undefined => ofArgosy.exec(identity)?.[1]
