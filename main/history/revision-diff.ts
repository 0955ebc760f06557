import type { PodTemplateSpec } from '#api/core.ts'
import type { DiffSide, DiffView } from '#contract/views.ts'
import { printForms, redactTemplate } from './redact-template.ts'
import type { SecretPrints } from './secret-prints.ts'
import { checkTemplate } from './template-checks.ts'
import { isRecord, leavesOf } from './template-leaves.ts'
import { diffTemplateLines } from './template-lines.ts'
import { summarise } from './template-summary.ts'

/** One side of a diff: a live template or a stored one, which is redacted already. */
export interface TemplateSide extends DiffSide {
  readonly template: PodTemplateSpec
}

/** Two pod templates compared with no cluster at hand (UI-DIFF-1…4). Secret values show only "same" or "differs". */
export function diffTemplates(left: TemplateSide, right: TemplateSide, prints: SecretPrints): DiffView {
  const [before, after] = [redactTemplate(left.template, prints), redactTemplate(right.template, prints)]
  const others = printsIn(after)
  const both = new Set([...printsIn(before)].filter((print) => others.has(print)))
  const show = (template: PodTemplateSpec) => showPrints(template, (print) => word(print, both, prints))
  const [leftShown, rightShown] = [show(before), show(after)]
  return {
    left: sideOf(left),
    right: sideOf(right),
    summary: summarise(leftShown, rightShown),
    lookAt: checkTemplate(before, after),
    lines: diffTemplateLines(leftShown, rightShown),
  }
}

const sideOf = ({ title, revision, version, capturedAt }: TemplateSide): DiffSide => ({
  title,
  revision,
  version,
  capturedAt,
})

/** A print holds the name, so what occurs on both sides is the same variable with the same value. */
const word = (print: string, both: ReadonlySet<string>, prints: SecretPrints): string =>
  `hidden, ${both.has(print) ? 'same' : 'differs'} (${prints.shown(print)})`

function printsIn(template: PodTemplateSpec): ReadonlySet<string> {
  const texts = [...leavesOf(template).values()]
  return new Set(texts.flatMap((text) => [...text.matchAll(printForms)].map(([, print = '']) => print)))
}

function showPrints<T>(value: T, show: (print: string) => string): T {
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return node.replaceAll(printForms, (_all, print: string) => show(print))
    if (Array.isArray(node)) return node.map(walk)
    return isRecord(node) ? Object.fromEntries(Object.entries(node).map(([name, each]) => [name, walk(each)])) : node
  }
  return walk(value) as T
}
