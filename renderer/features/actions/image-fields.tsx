import { useState } from 'react'
import type { RolloutDetailView, RolloutKey } from '#contract/views.ts'
import type { ActionParameters } from '../../store/app.ts'
import { useRolloutDetail, useText } from '../../store/use-app.ts'
import { imageProblem } from './image-problem.ts'

type Images = NonNullable<ActionParameters['images']>
type Container = RolloutDetailView['containers'][number]

interface ImageFieldsProps {
  /** Whose containers are shown; the images are set in all targets. */
  readonly rolloutKey: RolloutKey
  /** `undefined`: nothing is changed, or not all that is changed is an image yet. */
  readonly onImages: (images: Images | undefined) => void
}

/** One field per container with the image it runs now; what is changed is sent as one update (ACT-115). */
export function ImageFields({ rolloutKey, onImages }: ImageFieldsProps) {
  const text = useText()
  const detail = useRolloutDetail(rolloutKey)
  const [edits, setEdits] = useState<ReadonlyMap<string, string>>(new Map())
  if (detail.state === 'loading') return <p className="faint">{text('image.loading')}</p>
  if (detail.state !== 'there' || detail.value.containers.length === 0)
    return <p className="ink-paused">{text('image.unknown')}</p>
  const { containers } = detail.value
  const edit = (name: string, typed: string) => {
    const next = new Map(edits).set(name, typed)
    setEdits(next)
    onImages(imagesOf(containers, next))
  }
  return containers.map((container) => (
    <ImageField
      key={container.name}
      container={container}
      typed={edits.get(container.name) ?? container.image}
      onType={(typed) => edit(container.name, typed)}
    />
  ))
}

function imagesOf(containers: readonly Container[], edits: ReadonlyMap<string, string>): Images | undefined {
  const changed = containers.flatMap(({ name, image }) => {
    const typed = edits.get(name)?.trim() ?? image
    return typed === image ? [] : [{ container: name, image: typed }]
  })
  return changed.length === 0 || changed.some(({ image }) => imageProblem(image)) ? undefined : changed
}

interface ImageFieldProps {
  readonly container: Container
  readonly typed: string
  readonly onType: (typed: string) => void
}

function ImageField({ container, typed, onType }: ImageFieldProps) {
  const text = useText()
  const problem = typed.trim() === container.image ? undefined : imageProblem(typed.trim())
  return (
    <label className="image-field">
      <span className="form-label">
        <b className="mono">{container.name}</b> {container.init && text('image.init')}
      </span>
      <span className="field">
        <input
          className="mono"
          type="text"
          spellCheck={false}
          autoComplete="off"
          aria-invalid={problem !== undefined}
          value={typed}
          onChange={(event) => onType(event.target.value)}
        />
      </span>
      {problem !== undefined && (
        <span className="small ink-degraded" role="alert">
          {text(`image.${problem}`)}
        </span>
      )}
    </label>
  )
}
