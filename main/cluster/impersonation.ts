import type { Impersonation } from './kubeconfig-file.ts'

/**
 * The headers that make the API server judge requests by somebody else's rights: user, uid, every group and every extra value.
 * Leaving one out would change what is allowed.
 */
export function impersonationHeaders(
  impersonate: Impersonation | undefined,
): Readonly<Record<string, string | string[]>> {
  if (impersonate === undefined) return {}
  const { user, uid, groups, extra } = impersonate
  const extras = Object.entries(extra).map(
    ([key, values]) => [`Impersonate-Extra-${escapeKey(key)}`, [...values]] as const,
  )
  return {
    'Impersonate-User': user,
    ...(uid !== undefined && { 'Impersonate-Uid': uid }),
    ...(groups.length > 0 && { 'Impersonate-Group': [...groups] }),
    ...Object.fromEntries(extras),
  }
}

/** Percent-encodes what a header name may not hold, and the percent sign itself; the API server decodes it. */
const escapeKey = (key: string): string =>
  [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
