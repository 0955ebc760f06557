import { useStore } from 'zustand'
import { chooseLocale } from '../format/text.ts'
import { openOverlay } from '../store/app.ts'
import { nextTheme } from '../store/preferences.ts'
import { hrefOf, type Page, type Route } from '../store/route.ts'
import { useApp, useText } from '../store/use-app.ts'
import { Button, Kbd } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import type { IconName } from '../ui/icon-names.ts'
import { NotifyButton } from './notify-button.tsx'
import { useSubject } from './subject.ts'

const pages: readonly {
  readonly page: Exclude<Page, 'analysis' | 'planEditor' | 'statistics'>
  readonly icon: IconName
}[] = [
  { page: 'fleet', icon: 'grid' },
  { page: 'plans', icon: 'flag' },
  { page: 'rollout', icon: 'route' },
  { page: 'diff', icon: 'diff' },
  { page: 'history', icon: 'history' },
]

/** The tab that a page belongs to. */
const tabOf = (page: Page): Page => ownTabs[page] ?? page

const ownTabs: Partial<Record<Page, Page>> = { analysis: 'rollout', planEditor: 'plans', statistics: 'history' }

export function TitleBar({ page: current }: { readonly page: Page }) {
  const app = useApp()
  const text = useText()
  const subject = useSubject()
  return (
    <header className="title-bar" data-region>
      <div className="brand">
        <Icon name="mark" />
        <span>Argosy</span>
      </div>
      <nav className="tabs" aria-label={text('nav.label')}>
        {pages.map(({ page, icon }) => (
          <a
            key={page}
            href={hrefOf(routeOf(page, subject))}
            aria-current={page === tabOf(current) ? 'page' : undefined}
          >
            <Icon name={icon} />
            {text(`nav.${page}`)}
          </a>
        ))}
      </nav>
      <span className="space" />
      <button type="button" className="field search" onClick={() => openOverlay(app, { kind: 'palette' })}>
        <Icon name="search" />
        <span className="cut">{text('palette.open')}</span>
        <span className="space" />
        <Kbd>⌘K</Kbd>
      </button>
      <NotifyButton />
      <LanguageButton />
      <ThemeButton />
    </header>
  )
}

/** The page of the tab, about the rollout at hand. */
export function routeOf(page: Page, key: string | undefined): Route {
  switch (page) {
    case 'fleet':
      return { page }
    case 'rollout':
      return { page, key }
    case 'diff':
      return { page, key, left: undefined, right: undefined, rightKey: undefined }
    case 'history':
    case 'plans':
      return { page, id: undefined }
    case 'planEditor':
    case 'statistics':
      return { page }
    case 'analysis':
      return { page, key, run: undefined, metric: undefined }
  }
}

function LanguageButton() {
  const app = useApp()
  const text = useText()
  const locale = useStore(app.preferences, (state) => state.locale)
  const other = locale === 'en' ? 'zh-CN' : 'en'
  const change = () => void chooseLocale(app.texts, other).then(() => app.preferences.setState({ locale: other }))
  return (
    <Button
      kind="ghost"
      small
      icon="globe"
      label={text('language.short')}
      title={text('language.change')}
      onPress={change}
    />
  )
}

function ThemeButton() {
  const { preferences } = useApp()
  const text = useText()
  const theme = useStore(preferences, (state) => state.theme)
  const label = text('theme.change', { theme: text(`theme.${theme}`) })
  const change = () => preferences.setState({ theme: nextTheme(preferences.getState().theme) })
  return <Button kind="ghost" small iconOnly icon="sun" label={label} onPress={change} />
}
