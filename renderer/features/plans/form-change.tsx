import { useState } from 'react'
import { useText } from '../../store/use-app.ts'
import { Button } from '../../ui/button.tsx'
import { Segments } from '../../ui/segments.tsx'
import { FieldFaults, type FormParts, FormSection, PlanField, TypedField } from './form-fields.tsx'
import type { ChangeForm } from './plan-text.ts'

interface ChangeSectionProps extends FormParts {
  readonly change: ChangeForm
}

const kinds = ['setImage', 'undo', 'gate'] as const

export function ChangeSection({ change, ...parts }: ChangeSectionProps) {
  const text = useText()
  const { faults, onEdit } = parts
  // What a field of the form does not show stands at the head.
  const shown = new Set(
    change.kind === 'setImage'
      ? change.images.map(({ container }) => `change.setImage.${container}`)
      : ['change.undo.toRevision'],
  )
  return (
    <FormSection title={text('planEditor.section.change')}>
      <Segments
        small
        label={text('planEditor.section.change')}
        value={change.kind}
        onChange={(kind) => onEdit({ kind: 'set', path: ['change'], value: { [kind]: {} } })}
        segments={kinds.map((value) => ({ value, label: text(`planEditor.change.${value}`) }))}
      />
      <FieldFaults faults={faults.filter(({ field }) => field.startsWith('change') && !shown.has(field))} />
      {change.kind === 'setImage' && <Images images={change.images} {...parts} />}
      {change.kind === 'undo' && (
        <div className="plan-fields">
          <PlanField
            {...parts}
            label={text('planEditor.field.toRevision')}
            path={['change', 'undo', 'toRevision']}
            value={change.toRevision}
            usual={text('planEditor.revisionBefore')}
            as="amount"
          />
        </div>
      )}
      {change.kind === 'gate' && <p className="small dim">{text('planEditor.gateMeans')}</p>}
    </FormSection>
  )
}

interface ImagesProps extends FormParts {
  readonly images: (ChangeForm & { readonly kind: 'setImage' })['images']
}

function Images({ images, faults, onEdit }: ImagesProps) {
  const text = useText()
  const [container, setContainer] = useState('')
  const path = ['change', 'setImage'] as const
  const add = () => {
    if (container.trim() === '' || images.some((each) => each.container === container.trim())) return
    onEdit({ kind: 'set', path: [...path, container.trim()], value: '' })
    setContainer('')
  }
  return (
    <>
      {images.map(({ container: name, image }, index) => (
        <div key={`${index}`} className="plan-image-row">
          <TypedField
            label={text('planEditor.field.container')}
            value={name}
            onType={(to) => to.trim() !== '' && onEdit({ kind: 'rename', path: [...path, name], to: to.trim() })}
            isCode
          />
          <PlanField
            isBare
            isCode
            label={text('planEditor.field.image')}
            path={[...path, name]}
            value={image}
            faults={faults}
            onEdit={onEdit}
          />
          <Button
            small
            iconOnly
            kind="ghost"
            icon="x"
            label={text('planEditor.remove', { name })}
            onPress={() => onEdit({ kind: 'remove', path: [...path, name] })}
          />
        </div>
      ))}
      <div className="row">
        <TypedField
          label={text('planEditor.field.container')}
          placeholder={text('planEditor.field.container')}
          value={container}
          onType={setContainer}
          onEnter={add}
          isCode
        />
        <Button
          small
          icon="plus"
          label={text('planEditor.addContainer')}
          offBecause={container.trim() === '' ? text('planEditor.nameContainer') : undefined}
          onPress={add}
        />
      </div>
    </>
  )
}
