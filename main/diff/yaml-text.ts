import type { Leaf } from './tree.ts'

const plainKey = /^[A-Za-z_][\w./-]*$/
/** Texts that would be read as something else without quotes. */
const wordsOfYaml = /^(?:true|false|yes|no|on|off|y|n|null|~)$/i
const plain = /^[A-Za-z_./$(\d][\w./$()@+=,;%^*!?<>|~ -]*(?::[\w./$()@+=,;%^*!?<>|~-]+)*$/

/** A key of YAML. */
export const keyText = (name: string): string =>
  plainKey.test(name) && !wordsOfYaml.test(name) ? name : JSON.stringify(name)

/** A value on one line of YAML; texts in quotes only where they need them. */
export function scalarText(value: Leaf['value']): string {
  if (typeof value !== 'string') return String(value)
  const isPlain = plain.test(value) && !value.endsWith(' ') && !value.includes(' #') && !isNumberLike(value)
  return isPlain && !wordsOfYaml.test(value) ? value : JSON.stringify(value)
}

/** Numbers in any of their forms, also `0x1f`, `1_000`, `12:30` and dates. */
const isNumberLike = (text: string): boolean =>
  /^[-+.]?[\d.][\d_.:]*(?:e[-+]?\d+)?$/i.test(text) ||
  /^0[xob][\da-f_]+$/i.test(text) ||
  /^\d{4}-\d/.test(text) ||
  /^\.(?:inf|nan)$/i.test(text)
