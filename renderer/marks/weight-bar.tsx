import type { RolloutView } from '#contract/views.ts'
import { formatPercent, percentOf, shareOf } from '../format/weight.ts'
import { useText } from '../store/use-app.ts'

interface WeightBarProps {
  readonly view: RolloutView
  /** Settled: a hairline. */
  readonly quiet?: boolean
}

/** Incoming left and hatched, current right and solid; blue-green shows ready preview pods (UI-ROLE-1, UI-ROLE-4). */
export function WeightBar({ view, quiet }: WeightBarProps) {
  const text = useText()
  const blueGreen = view.strategy === 'blueGreen'
  const incoming = blueGreen ? previewShare(view) : percentOf(view.actualWeight, view.maxWeight)
  const shown = view.status === 'Healthy' ? 0 : incoming
  const wanted = percentOf(view.setWeight, view.maxWeight)
  const lags = !blueGreen && view.status !== 'Healthy' && Math.abs(wanted - shown) > 1
  const label = blueGreen
    ? text('bar.preview', { percent: formatPercent(shown) })
    : text('bar.canary', { canary: formatPercent(shown), stable: formatPercent(100 - shown) })
  return (
    <TwoPartBar
      label={label}
      incoming={blueGreen ? 'preview' : 'canary'}
      current={blueGreen ? 'active' : 'stable'}
      share={shown}
      wanted={lags ? wanted : undefined}
      quiet={quiet}
    />
  )
}

const previewShare = ({ preview }: RolloutView): number =>
  preview === undefined ? 0 : shareOf(preview.ready, preview.desired)

interface TwoPartBarProps {
  readonly label: string
  readonly incoming: 'canary' | 'preview'
  readonly current: 'stable' | 'active'
  /** Percent of the incoming part. */
  readonly share: number
  /** Percent asked for, marked where the share is not there yet. */
  readonly wanted?: number | undefined
  readonly quiet?: boolean | undefined
}

export function TwoPartBar({ label, incoming, current, share, wanted, quiet }: TwoPartBarProps) {
  return (
    <span className={`weight-bar${quiet ? ' quiet' : ''}`} role="img" aria-label={label}>
      <i className={`fill-${incoming}`} hidden={share === 0} style={{ width: `${share}%` }} />
      <i className={`fill-${current}`} hidden={share === 100} style={{ width: `${100 - share}%` }} />
      {wanted !== undefined && <span className="wanted" style={{ insetInlineStart: `${wanted}%` }} />}
    </span>
  )
}
