import i18next, { type i18n } from 'i18next'
import { en } from './locale/en.ts'

export type Locale = 'en' | 'zh-CN'

type WithoutPlural<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K

/** Every message there is; a plural pair `x_one`, `x_other` is asked for as `x` with `count`. */
export type TextKey = WithoutPlural<keyof typeof en>

export type TextValues = Readonly<Record<string, string | number>>

/** Key and values → text of the language in use. */
export type Text = (key: TextKey, values?: TextValues) => string

/** The messages of one language under the keys of the English catalogue; languages without a singular omit `_one`. */
export type Catalogue = Readonly<
  Record<Exclude<keyof typeof en, `${string}_one`>, string> & Partial<Record<keyof typeof en, string>>
>

const loaders: Record<Locale, () => Promise<Catalogue>> = {
  en: async () => en,
  'zh-CN': async () => (await import('./locale/zh-cn.ts')).zhCN,
}

/** A language engine with `locale` loaded; other languages are loaded when chosen. */
export async function createTexts(locale: Locale): Promise<i18n> {
  const engine = i18next.createInstance()
  await engine.init({
    lng: locale,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { [locale]: { translation: await loaders[locale]() } },
  })
  return engine
}

/** Switches to `locale`, loading its catalogue if need be. */
export async function chooseLocale(engine: i18n, locale: Locale): Promise<void> {
  if (!engine.hasResourceBundle(locale, 'translation')) {
    engine.addResourceBundle(locale, 'translation', await loaders[locale]())
  }
  await engine.changeLanguage(locale)
}

/** The `Text` of the engine's present language. */
export const textOf =
  (engine: i18n): Text =>
  (key, values) =>
    engine.t(key, { ...values })
