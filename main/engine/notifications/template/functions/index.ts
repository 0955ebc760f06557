import { basicFunctions } from './basic.ts'
import type { TemplateFunction, TemplateFunctions } from './function.ts'
import { listFunctions } from './lists.ts'
import { numberFunctions } from './numbers.ts'
import { textFunctions } from './texts.ts'
import { timeFunctions } from './times.ts'

const all: TemplateFunctions = {
  ...basicFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...listFunctions,
  ...timeFunctions,
}

export const templateFunctions = (name: string): TemplateFunction | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined
