export type ImageProblem = 'noTag' | 'noName' | 'emptyTag' | 'badDigest'

/**
 * Why a text names no image that could be run the same way twice (ACT-115): it needs a tag, after the last `:`, or a digest. The
 * port of a registry is no tag.
 * @example imageProblem('registry:5000/shop/cart') // 'noTag'
 */
export function imageProblem(image: string): ImageProblem | undefined {
  const at = image.indexOf('@')
  if (at === 0) return 'noName'
  if (at > 0) return /^[a-z0-9+._-]+:[0-9a-f]{32,}$/.test(image.slice(at + 1)) ? undefined : 'badDigest'
  const colon = image.lastIndexOf(':')
  if (colon === 0) return 'noName'
  const tag = image.slice(colon + 1)
  if (colon < 0 || tag.includes('/')) return 'noTag'
  return tag === '' ? 'emptyTag' : undefined
}
