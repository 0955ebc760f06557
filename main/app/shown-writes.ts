import type { MigrationStepView } from '#contract/migration-views.ts'
import type { ActionPreview, WriteView } from '#contract/views.ts'
import { showPrints } from '#main/diff/hidden.ts'
import { readJson } from '#main/history/record-body.ts'
import { redactJson } from '#main/history/redact-template.ts'
import type { SecretPrints } from '#main/history/secret-prints.ts'

/**
 * A request as the window may see it. It is byte for byte what is sent (UI-ACT-5) unless that holds a secret, as the whole template of an undo
 * may: then prints stand for it (UI-DIFF-3), and there is no command, for it would write the prints.
 */
export function shownWrite(write: WriteView, prints: SecretPrints): WriteView {
  const body = readJson(write.body)
  const redacted = redactJson(body, prints)
  if (redacted === body) return write
  const shown = showPrints(redacted, (stored) => `[secret ${prints.shown(stored)}]`)
  return {
    ...write,
    body: JSON.stringify(shown),
    kubectl: `# ${write.summary}: it holds secrets, which are not copied.`,
  }
}

export const shownPreview = (preview: ActionPreview, prints: SecretPrints): ActionPreview =>
  preview.open ? { ...preview, writes: preview.writes.map((write) => shownWrite(write, prints)) } : preview

/** The steps of a migration, or of a look at one. */
export const shownSteps = <T extends { readonly steps: readonly MigrationStepView[] }>(
  view: T,
  prints: SecretPrints,
): T => ({
  ...view,
  steps: view.steps.map((step) => ({ ...step, write: step.write && shownWrite(step.write, prints) })),
})
