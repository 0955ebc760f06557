import type { AnalysisPhaseView } from '#contract/analysis-views.ts'
import { phaseIcon, phaseTone, phaseWord } from '../format/analysis-words.ts'
import { useText } from '../store/use-app.ts'
import { Icon } from '../ui/icon.tsx'

/** UI-CH-3: pass disc, fail cross, inconclusive hollow diamond, error hollow square; one under way is a hollow disc. */
export function MeasurementShape({ phase }: { readonly phase: AnalysisPhaseView }) {
  const tone = `measure-mark ink-${phaseTone(phase)}`
  switch (phase) {
    case 'Successful':
      return <circle r="3" className={`${tone} filled`} />
    case 'Failed':
      return <path d="M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5" className={`${tone} cross`} />
    case 'Inconclusive':
      return <path d="M0 -4.5L4.5 0L0 4.5L-4.5 0Z" className={tone} />
    case 'Error':
      return <path d="M-3.5 -3.5H3.5V3.5H-3.5Z" className={tone} />
    case 'Pending':
    case 'Running':
    case 'Unknown':
      return <circle r="3" className={tone} />
  }
}

/** The same beside a number or a word. */
export function MeasurementSign({ phase }: { readonly phase: AnalysisPhaseView }) {
  return (
    <svg className="measure-sign" viewBox="-5 -5 10 10" aria-hidden>
      <MeasurementShape phase={phase} />
    </svg>
  )
}

const counted = [
  ['Successful', 'successful'],
  ['Failed', 'failed'],
  ['Inconclusive', 'inconclusive'],
  ['Error', 'error'],
] as const

interface TallyProps {
  readonly counts: Readonly<Record<(typeof counted)[number][1], number>>
  /** Where room is short: only those there are, and how many passed. */
  readonly sparse?: boolean
}

/** UI-CH-6: how many of each; errors only where there are any (VIEW-194). */
export function Tally({ counts, sparse = false }: TallyProps) {
  const text = useText()
  return (
    <span className="tally num">
      {counted
        .filter(([phase, name]) => counts[name] > 0 || phase === 'Successful' || (!sparse && phase !== 'Error'))
        .map(([phase, name]) => (
          <span key={phase} className="row" title={`${phaseWord(text, phase)}: ${counts[name]}`}>
            <MeasurementSign phase={phase} />
            <span className="unseen">{phaseWord(text, phase)}</span>
            {counts[name]}
          </span>
        ))}
    </span>
  )
}

/** A phase of a run, a metric or a measurement: silhouette, word, hue. */
export function PhaseMark({ phase }: { readonly phase: AnalysisPhaseView }) {
  const text = useText()
  return (
    <span className={`status ink-${phaseTone(phase)}`}>
      <Icon name={phaseIcon(phase)} className={phase === 'Running' ? 'spin' : ''} />
      <span>{phaseWord(text, phase)}</span>
    </span>
  )
}
