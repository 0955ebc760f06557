import type { Configuration } from './configuration.ts'

const hidden = '[redacted]'
/** Shorter values would take ordinary words out of a text. */
const lengthMin = 4

/** A text without the values of the Secret, whoever put them there (OPS-173). */
export const withoutSecrets = (text: string, { secrets }: Configuration): string =>
  Object.values(secrets)
    .flatMap((each) => [each, each.trim(), encodeURIComponent(each)])
    .filter((each) => each.length >= lengthMin)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, each) => rest.replaceAll(each, hidden), text)
