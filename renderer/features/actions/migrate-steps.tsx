import type { MigrationStepView } from '#contract/migration-views.ts'
import type { WriteView } from '#contract/views.ts'
import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

interface MigrateStepsProps {
  readonly steps: readonly MigrationStepView[]
  /** It is under way: the next step is being taken, or waited for. */
  readonly runs: boolean
}

const icons = { next: 'chev-r', later: 'clock' } as const

/** The whole way, with what is sent on it (UI-ACT-5). */
export function MigrateSteps({ steps, runs }: MigrateStepsProps) {
  const text = useText()
  const writes = steps.flatMap(({ state, write }) => (state === 'done' || write === undefined ? [] : [write]))
  return (
    <div className="migrate-part">
      <div className="row">
        <h3>{text('migrate.plan')}</h3>
        <span className="space" />
        {writes.length > 0 && (
          <Button
            small
            icon="copy"
            label={text('dialog.copyKubectl')}
            onPress={() => void navigator.clipboard.writeText(writes.map((write) => write.kubectl).join('\n'))}
          />
        )}
      </div>
      <ol className="migrate-steps" aria-live="polite">
        {steps.map((step) => (
          <Step key={step.summary} step={step} runs={runs} />
        ))}
      </ol>
    </div>
  )
}

function Step({ step, runs }: { readonly step: MigrationStepView; readonly runs: boolean }) {
  const text = useText()
  const { summary, state, write, progress = '' } = step
  if (state === 'done') {
    return (
      <li>
        <Icon name="check" className="ink-healthy" label={text('migrate.step.done')} />
        <span className="dim">{summary}</span>
      </li>
    )
  }
  const isNow = runs && state === 'next'
  return (
    <li aria-current={isNow ? 'step' : undefined}>
      <Icon
        name={isNow ? 'progressing' : icons[state]}
        className={isNow ? '' : 'faint'}
        label={text(`migrate.step.${state}`)}
      />
      <span>
        {summary}
        {write === undefined && <span className="faint small">{` · ${text('migrate.waits')}`}</span>}
      </span>
      {runs && progress !== '' && <span className="progress dim small">{progress}</span>}
      {write !== undefined && <Exact write={write} />}
    </li>
  )
}

function Exact({ write }: { readonly write: WriteView }) {
  const text = useText()
  return (
    <details>
      <summary>{text('migrate.request')}</summary>
      <pre className="mono" title={`${write.summary} (${write.because})`}>
        <span className="faint">{`${write.method}  ${write.path}\nContent-Type: ${write.contentType}\n`}</span>
        {readable(write.body)}
      </pre>
    </details>
  )
}

/** A whole object in one line is read by nobody. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    // Main makes JSON; whatever else it may be one day is shown as it is.
    return body
  }
}
