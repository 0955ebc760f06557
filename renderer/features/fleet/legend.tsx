import { StatusWord } from '../../marks/status-mark.tsx'
import { useText } from '../../store/use-app.ts'
import { Kbd } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

const statuses = ['Healthy', 'Progressing', 'Paused', 'Degraded', 'Inconclusive', 'Aborted'] as const

/** Nothing is selected: what the marks mean, and how to select. */
export function Legend() {
  const text = useText()
  return (
    <section className="peek legend" aria-label={text('legend.label')}>
      {statuses.map((status) => (
        <StatusWord key={status} status={status} />
      ))}
      <span className="status ink-paused">
        <Icon name="drift" />
        {text('status.drift')}
      </span>
      <span className="space" />
      <span className="faint cut row">
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd> {text('legend.select')}
      </span>
      <span className="faint cut row wide-only">
        <Kbd>X</Kbd> {text('legend.mark')}
      </span>
    </section>
  )
}
