import { useState } from 'react'
import { useStore } from 'zustand'
import { dropView, isShown, savedViewsMax, saveView, showView, viewNameMax } from '../../store/saved-views.ts'
import { useApp, useText } from '../../store/use-app.ts'
import { Button, Kbd } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import './saved-views.css'

/** Filters under a name, each one key away (UI-KEY: `⌥1`…`⌥9`); what is on the board now can be added. */
export function SavedViews() {
  const app = useApp()
  const text = useText()
  const views = useStore(app.preferences, (state) => state.savedViews)
  const filters = useStore(app.filters)
  const [name, setName] = useState<string>()
  useKeys(Object.fromEntries(views.map((view, index) => [`⌥${index + 1}`, () => showView(app, view)])))
  const isPlain = filters.fleet === '' && filters.tab === 'all' && filters.kinds === 'all'
  const isFull = views.length >= savedViewsMax
  const save = () => {
    if (name !== undefined && name.trim() !== '') saveView(app, name)
    setName(undefined)
  }
  return (
    <section className="saved-views" aria-label={text('views.title')}>
      <h2 className="rail-group">{text('views.title')}</h2>
      {views.map((view, index) => (
        <div key={view.name} className={`saved-view${isShown(view, filters) ? ' on' : ''}`}>
          <button
            type="button"
            className="saved-view-button"
            aria-pressed={isShown(view, filters)}
            title={view.filter === '' ? text(`tab.${view.tab}`) : view.filter}
            onClick={() => showView(app, view)}
          >
            <Icon name="funnel" className="faint" />
            <span className="cut">{view.name}</span>
          </button>
          <Button
            small
            iconOnly
            kind="ghost"
            icon="x"
            label={text('views.drop', { name: view.name })}
            onPress={() => dropView(app, view.name)}
          />
          <Kbd>{`⌥${index + 1}`}</Kbd>
        </div>
      ))}
      {name === undefined ? (
        <Button
          small
          kind="ghost"
          icon="plus"
          label={text('views.save')}
          offBecause={
            isPlain ? text('views.saveOff') : isFull ? text('views.full', { count: savedViewsMax }) : undefined
          }
          onPress={() => setName('')}
        />
      ) : (
        <label className="field">
          <input
            type="text"
            autoFocus
            maxLength={viewNameMax}
            spellCheck={false}
            aria-label={text('views.name')}
            placeholder={text('views.name')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onBlur={() => setName(undefined)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') save()
              if (event.key !== 'Escape') return
              event.stopPropagation()
              setName(undefined)
            }}
          />
          <Kbd>↵</Kbd>
        </label>
      )}
    </section>
  )
}
