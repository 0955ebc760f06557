/** `version`: tag and digest as written, empty when there is neither. */
export function splitImage(image: string): { readonly repository: string; readonly version: string } {
  const nameStart = image.lastIndexOf('/', image.includes('@') ? image.indexOf('@') : undefined) + 1
  const end = image.slice(nameStart).search(/[:@]/)
  if (end < 0) return { repository: image, version: '' }
  return { repository: image.slice(0, nameStart + end), version: image.slice(nameStart + end + 1) }
}
