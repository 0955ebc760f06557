import { useState } from 'react'
import { manifestTextMax } from '#contract/diff-requests.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { DiffRevision } from '../../store/route.ts'
import { useText } from '../../store/use-app.ts'
import { Icon } from '../../ui/icon.tsx'
import { type ChosenFile, momentOf } from './diff-sides.ts'

interface FileBarProps {
  readonly file: ChosenFile | undefined
  readonly onFile: (file: ChosenFile) => void
}

/** A manifest from the disk of whoever looks; it is read here and compared in main. */
export function FileBar({ file, onFile }: FileBarProps) {
  const text = useText()
  const [tooLong, setTooLong] = useState<string>()
  const read = async (chosen: File | undefined) => {
    if (chosen === undefined) return
    setTooLong(chosen.size > manifestTextMax ? chosen.name : undefined)
    if (chosen.size <= manifestTextMax) onFile({ name: chosen.name, text: await chosen.text() })
  }
  return (
    <section
      className="sides-bar"
      data-region
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void read(event.dataTransfer.files[0])
      }}
    >
      <label className="button primary file-choice">
        <Icon name="upload" />
        <span>{text(file === undefined ? 'diff.file.choose' : 'diff.file.other')}</span>
        <input
          type="file"
          className="unseen"
          accept=".yaml,.yml,.json"
          onChange={(event) => void read(event.target.files?.[0])}
        />
      </label>
      {tooLong !== undefined && (
        <span className="ink-degraded" role="alert">
          {text('diff.file.tooLong', { name: tooLong })}
        </span>
      )}
      <span className="faint small">{file === undefined ? text('diff.file.why') : file.name}</span>
    </section>
  )
}

interface MomentsBarProps {
  readonly left: DiffRevision | undefined
  readonly right: DiffRevision | undefined
  readonly opened: EpochMs
  readonly onMove: (sides: {
    readonly left?: DiffRevision | undefined
    readonly right?: DiffRevision | undefined
  }) => void
}

/** Times are those of the record: UTC, as everywhere in the window. */
export function MomentsBar({ left, right, opened, onMove }: MomentsBarProps) {
  const text = useText()
  return (
    <section className="sides-bar" data-region>
      <MomentField
        label={text('diff.moment.from')}
        moment={left}
        latest={opened}
        onMoment={(at) => onMove({ left: at })}
      />
      <MomentField
        label={text('diff.moment.to')}
        moment={right}
        latest={opened}
        onMoment={(at) => onMove({ right: at })}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={right === 'spec'}
          onChange={(event) => onMove({ right: event.target.checked ? 'spec' : `@${opened}` })}
        />
        <span>{text('diff.moment.now')}</span>
      </label>
    </section>
  )
}

interface MomentFieldProps {
  readonly label: string
  readonly moment: DiffRevision | undefined
  readonly latest: EpochMs
  readonly onMoment: (moment: `@${number}`) => void
}

function MomentField({ label, moment, latest, onMoment }: MomentFieldProps) {
  const isMoment = typeof moment === 'string' && moment.startsWith('@')
  const shown = isMoment ? new Date(momentOf(moment as `@${number}`)).toISOString().slice(0, 19) : ''
  const change = (value: string) => {
    const at = Date.parse(`${value}Z`)
    if (!Number.isNaN(at)) onMoment(`@${Math.min(at, latest)}`)
  }
  return (
    <label className="moment-field">
      <span className="small dim">{label}</span>
      <input type="datetime-local" step={1} value={shown} onChange={(event) => change(event.target.value)} />
      <span className="faint small">UTC</span>
    </label>
  )
}
