import type { PodTemplateSpec } from '#api/core.ts'

/**
 * What people call the version of an image: its tag, else the first 7 digits of its digest, else `latest`.
 * @example imageVersion('registry:5000/shop/web:1.2@sha256:0a1b…') // '1.2'
 */
export function imageVersion(image: string): string {
  const [name = '', digest] = image.split('@')
  const tag = /:([^/:]+)$/.exec(name)?.[1]
  if (tag !== undefined) return tag
  return digest === undefined ? 'latest' : digest.replace(/^[^:]*:/, '').slice(0, 7)
}

/** The version of the first container; `undefined` without one. */
export function templateVersion(template: PodTemplateSpec | undefined): string | undefined {
  const image = template?.spec?.containers?.[0]?.image
  return image === undefined || image === '' ? undefined : imageVersion(image)
}
