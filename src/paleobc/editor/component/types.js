// What the editor and its host say to each other, as types; no code.

/** @typedef {[number, number]} Place - Longitude and latitude [degrees]. */
/** @typedef {Float32Array | Float64Array} Values - One number for each cell; NaN: none. */
/** @typedef {Uint8Array | Uint16Array | Uint32Array} Mask - Bit b of a cell is set where the check with that bit found something. */
/** @typedef {Record<string, any>} Shape - A shape as plain data: `{box: [...]}`, `{union: [..., ...]}` ... */
/** @typedef {Record<string, any>} Operation - An operation as plain data: `{set: -200}` ... */
/** @typedef {{shape: Shape, operation: Operation, where: string, reason: string}} Edit */
/** @typedef {import("./packed.js").Message} Answer */

/**
 * @typedef {object} Source - Where the editor asks; the same for a server, a file and a notebook.
 * @property {(kind: string, body: object) => Promise<Answer>} ask
 * @property {(callback: () => void) => (() => void)} listen - Calls back when somebody may have changed something.
 */

/** @typedef {{name: string, title: string}} Named */
/** @typedef {{bit: number, name: string, title: string, meaning: string, remedy: string}} Check */
/** @typedef {{name: string, title: string, dimensions: string[]}} Variable */
/** @typedef {{name: string, size: number, index: number, labels: string[]}} Dimension */
/** @typedef {{edit: number, count: number, words: string, cells: number[]}} Conflict */
/** @typedef {Record<string, any>} Gateway - A gateway as plain data. */

/**
 * @typedef {object} Opened
 * @property {string} title
 * @property {string} subtitle
 * @property {string} variable
 * @property {string} words
 * @property {string} unit
 * @property {"height" | "depth" | "value" | "basin"} quantity
 * @property {string[] | null} classes
 * @property {{kind: string, rows: number, columns: number}} grid
 * @property {Dimension[]} dimensions
 * @property {Variable[]} variables
 * @property {Check[]} checks
 * @property {string[]} operations
 * @property {Named[]} filters
 * @property {Named[]} revisions
 * @property {{maps: string[], map: string, low: number, high: number, break: number | null, unit: string}} colours
 * @property {Gateway[]} gateways
 * @property {string} who
 * @property {{save: boolean, repair: boolean, gateways: boolean, export: Named[], import: boolean, file_name?: string | null}} can
 * @property {number} position
 * @property {Conflict[]} conflicts
 * @property {string[]} told
 */

/**
 * @typedef {object} LogEntry
 * @property {number} position
 * @property {"edit" | "undo" | "redo"} kind
 * @property {number} number - Number of the edit that is done, undone or redone.
 * @property {string} words
 * @property {string} reason
 * @property {string} who
 * @property {string} when
 * @property {number} cells
 * @property {boolean} in_force
 */

/**
 * @typedef {{check: string, cell: number, longitude: number, latitude: number, cells: number, label: string, repairable: boolean}} Problem
 */

/**
 * @typedef {object} GatewayFinding
 * @property {string} name
 * @property {"open" | "closed"} state
 * @property {boolean} holds
 * @property {"green" | "amber" | "red"} light
 * @property {string} words
 * @property {Place[][]} lines
 */

/**
 * @typedef {object} Findings
 * @property {Record<string, {places: number, cells: number}>} counts
 * @property {Problem[]} problems
 * @property {number} more
 * @property {GatewayFinding[]} gateways
 */

/** @typedef {{count: number, lowest: number | null, highest: number | null, mean: number | null, area_km2: number | null}} Counted */
/** @typedef {{words: string, note: string, edit: Edit, cells: number, way: string}} Proposal */

/** @typedef {{variable?: string, index?: Record<string, number>}} Identity - Which field of the file. */

/**
 * @typedef {object} Change - Detail of the event "change" of a session.
 * @property {Int32Array | null} cells - Cells with new values; null: all may be new.
 * @property {Values | null} old - Their values before.
 * @property {Int32Array | null} masked - Cells with new marks; null: all may be new.
 */

/** @typedef {{waiting: number, trying: number}} Sending - Detail of the event "sending": how many wait, how often the first was tried. */

/** @typedef {{position: number, log: LogEntry[], findings: Findings, told: string | null}} Done - What is said after an edit. */

/** @typedef {{longitude: number, latitude: number, cell: number, x: number, y: number}} MapPoint - A point of the map under the pointer. */

export {};
