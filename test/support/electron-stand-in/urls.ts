const suffix = '.stand-in.test'

/** `app://argosy/x` → `https://argosy.app.stand-in.test/x`; web addresses stay. */
export function toPageUrl(url: string): string {
  const match = /^([a-z][\w+.-]*):\/\/([^/]*)(.*)$/.exec(url)
  if (match === null || /^https?$/.test(match[1] ?? '')) return url
  return `https://${match[2]}.${match[1]}${suffix}${match[3]}`
}

/** The inverse of `toPageUrl`. */
export function toAppUrl(url: string): string {
  const match = /^https:\/\/([^./]+)\.([^./]+)\.stand-in\.test(.*)$/.exec(url)
  return match === null ? url : `${match[2]}://${match[1]}${match[3]}`
}
