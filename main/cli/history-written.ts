import type { WrittenView } from '#contract/record-views.ts'
import { formatSeconds } from '#lib/rfc3339.ts'

import { byWhom, oneLine, shorten } from './history-words.ts'
import type { CliIo } from './io.ts'
import { formatTable } from './text-table.ts'

const heads = ['TIME', 'CONTEXT', 'VERB', 'OBJECT', 'CODE', 'BY', 'WHY']

/** The table of `argosy history --writes`. */
export function formatWritten(written: readonly WrittenView[], { colours }: Pick<CliIo, 'colours'>): readonly string[] {
  const rows = written.map((each) => [
    [{ text: formatSeconds(each.at) }],
    [{ text: oneLine(each.context) }],
    [{ text: each.count === 1 ? each.verb : `${each.verb} ×${each.count}` }],
    [{ text: oneLine(objectOf(each)) }],
    [codeCell(each)],
    [{ text: oneLine(byWhom(each.user, each.by === 'engine' ? 'engine' : each.account, each.host)) }],
    [{ text: shorten(oneLine(whyOf(each))) }],
  ])
  return formatTable([heads.map((text) => [{ text }]), ...rows], colours)
}

function objectOf({ resource, subresource, namespace, name }: WrittenView): string {
  const kind = subresource === undefined ? resource : `${resource}/${subresource}`
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

const codeCell = ({ code }: WrittenView) =>
  code !== undefined && code < 300
    ? { text: String(code), colour: 'dim' as const }
    : { text: code === undefined ? 'no answer' : String(code), colour: 'red' as const }

const whyOf = ({ action, rule, summary = '', reason = '' }: WrittenView): string =>
  [action ?? rule, summary, reason].filter((each) => each !== undefined && each !== '').join(': ')
