/**
 * Words of names that are given to secrets: of environment variables, headers, flags and annotations. Wide on purpose: hiding too
 * much costs a look at the cluster, hiding too little cannot be undone.
 */
const secretWords =
  /pass(?:word|wd|phrase)|secret|token|credential|authorization|cookie|private|pwd|salt|dsn|(?:api|access|client|signing|encryption|master|license|ssh)[._-]?key|(?:^|[._-])(?:auth|key|pass)$/i

export const looksSecret = (name: string): boolean => secretWords.test(name)
