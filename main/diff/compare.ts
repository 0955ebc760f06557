import type { PodTemplateSpec } from '#api/core.ts'
import type { DiffSide, DiffView } from '#contract/diff-views.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { redactJson } from '#main/history/redact-template.ts'
import type { SecretPrints } from '#main/history/secret-prints.ts'
import { align } from './align.ts'
import { checkTemplate } from './checks.ts'
import { alike, documentOf, type Manifest } from './document.ts'
import { printsIn, showPrints } from './hidden.ts'
import { textOfPair } from './lines.ts'
import { summarise } from './summary.ts'

/** One side of a comparison: as it is now, or as it was recorded, which is redacted already. */
export interface ComparedSide extends DiffSide {
  readonly manifest: Manifest
}

/** Two manifests compared, with no cluster at hand (UI-DIFF-1…4). Secret values show only "same" or "differs". */
export function compareSides(left: ComparedSide, right: ComparedSide, prints: SecretPrints): DiffView {
  const [before, after] = alike(left.manifest, right.manifest).map((each) => redactJson(each, prints) as Manifest)
  if (before === undefined || after === undefined) throw new Error('two sides are compared')
  const [own, others] = [printsIn(before), printsIn(after)]
  const both = new Set([...own].filter((print) => others.has(print)))
  const show = (manifest: Manifest, found: ReadonlySet<string>) =>
    documentOf(found.size === 0 ? manifest : showPrints(manifest, (print) => word(print, both, prints)))
  const root = align(show(before, own), show(after, others))
  const { lines, lineOf } = textOfPair(root)
  return {
    left: sideOf(left),
    right: sideOf(right),
    summary: summarise(root, lineOf),
    lookAt: checkTemplate(templateOf(before), templateOf(after)),
    lines,
    hidden: new Set([...own, ...others]).size,
  }
}

const templateOf = (manifest: Manifest): PodTemplateSpec => {
  if (manifest.kind === 'template') return manifest.template
  const template = manifest.kind === 'rollout' ? manifest.spec['template'] : undefined
  return isRecord(template) ? (template as PodTemplateSpec) : {}
}

const sideOf = ({ manifest: _manifest, ...side }: ComparedSide): DiffSide => side

/** A print holds the name, so what occurs on both sides is the same variable with the same value. */
const word = (print: string, both: ReadonlySet<string>, prints: SecretPrints): string =>
  `hidden, ${both.has(print) ? 'same' : 'differs'} (${prints.shown(print)})`
