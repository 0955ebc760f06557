import { fieldTypes } from './field-table.ts'
import { podFieldTable } from './pod-field-table.ts'
import { map, object, type Schema } from './schema.ts'

const podType = fieldTypes(podFieldTable, 'custom')

const typeOf = (name: string, description: string): Schema => ({ ...podType(name), description })

export const podTemplate = (description: string): Schema => typeOf('PodTemplate', description)
export const labelSelector = (description: string): Schema => typeOf('Selector', description)
export const jobSpec = (description: string): Schema => typeOf('JobSpec', description)

/** The only metadata that a template, or what is made of it, can carry (API-6). */
export const labelsAndAnnotations = (description: string): Schema =>
  object(description, {
    annotations: map('Annotations to set, by key.'),
    labels: map('Labels to set, by key.'),
  })
