/**
 * Places all charts when the page is built. They are the same for everybody, and ELK needs seconds for them, so no browser
 * has to do it.
 */
import elk from '../../../bundled/elkjs.ts'
import { layOut } from '../../diagram/layout.ts'
import { ofAllMachines } from '../../diagram/machines.ts'
import { chartOf } from '../../diagram/model.ts'
import { fullGraph, smallGraph } from './graph.ts'
import { type PlacesOfCharts, placesOf } from './places.ts'
import { settingOf } from './setting.ts'

/** @throws the error of ELK for a machine that it cannot lay out. */
export async function placeCharts(): Promise<PlacesOfCharts> {
  const engine = new elk.default()
  const graphs = ofAllMachines((machine, name) => [name, fullGraph(chartOf(machine, name))] as const)
  const placed = [...graphs.values()].map(async ([name, graph]) => {
    const full = placesOf(await layOut(engine, graph, settingOf('full')))
    const small = placesOf(await layOut(engine, smallGraph(graph), settingOf('small')))
    return [name, { full, small }] as const
  })
  return Promise.all(placed)
}
