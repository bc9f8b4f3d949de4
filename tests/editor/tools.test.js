import assert from "node:assert/strict";
import { test } from "node:test";

import { BoxTool, boxOf } from "../../src/paleobc/editor/component/tools/box.js";
import { BrushTool } from "../../src/paleobc/editor/component/tools/brush.js";
import { TOOLS } from "../../src/paleobc/editor/component/tools/catalogue.js";
import { CellTool } from "../../src/paleobc/editor/component/tools/cell.js";
import { LineTool, PlacesTool } from "../../src/paleobc/editor/component/tools/line.js";
import { PolygonTool } from "../../src/paleobc/editor/component/tools/polygon.js";
import { RegionTool } from "../../src/paleobc/editor/component/tools/region.js";

/** A map of 4 px per degree, without a seam: longitudes beyond 180 come back as on the other side. */
const point = (longitude, latitude) => ({
  longitude: ((((longitude + 180) % 360) + 360) % 360) - 180, latitude, x: longitude * 4, y: -latitude * 4,
  cell: Math.floor(latitude + 90) * 360 + Math.floor(longitude + 180),
});

function board() {
  const shapes = [];
  return {
    shapes, sketch() {}, say() {}, tell() {}, positionAt: () => null, originalOf: (cell) => cell, take: (shape) => shapes.push(shape), radius: () => 150, width: () => 40, columns: 360,
    cellAt: (x, y) => point(x / 4, -y / 4).cell, centre: () => [0.5, 0.5],
  };
}

function dragged(Kind, places) {
  const on = board();
  const tool = new Kind(on);
  const points = places.map((place) => point(...place));
  tool.down(points[0]);
  for (const one of points.slice(1)) tool.drag(one);
  tool.up(points.at(-1));
  return on.shapes;
}

test("a box is dragged or set by two corners, whichever is first", () => {
  assert.deepEqual(dragged(BoxTool, [[10, 20], [30, 5]]), [{ box: [10, 5, 30, 20] }]);
  const on = board();
  const tool = new BoxTool(on);
  tool.set(point(30, 5));
  assert.equal(tool.pending, 1);
  tool.set(point(10, 20));
  assert.deepEqual(on.shapes, [{ box: [10, 5, 30, 20] }]);
  assert.equal(tool.pending, 0);
});

test("a box over the date line goes where the pointer went", () => {
  assert.deepEqual(dragged(BoxTool, [[170, 0], [179, 4], [185, 8], [190, 10]]), [{ box: [170, 0, 190, 10] }]);
  assert.deepEqual(dragged(BoxTool, [[-170, 0], [-179, 4], [-190, 10]]), [{ box: [170, 0, 190, 10] }]);
});

test("a box may be wider than half of the globe, and no wider than the globe", () => {
  const wide = [-150, -100, -50, 0, 50, 100, 150].map((longitude) => [longitude, longitude / 10]);
  assert.deepEqual(dragged(BoxTool, wide), [{ box: [-150, -15, 150, 15] }]);
  assert.deepEqual(boxOf([-200, 0], [200, 10]), [-180, 0, 180, 10]);
});

test("in the grid's own view a box is one of cells, each once, and not too many", () => {
  const on = { ...board(), columns: 8, positionAt: (x, y) => [Math.floor(x), Math.floor(y)], originalOf: (cell) => (cell === 9 ? 10 : cell), told: [] };
  on.tell = (words) => on.told.push(words);
  for (const to of [{ x: 2.5, y: 2.5 }, { x: 400, y: 400 }]) {
    const tool = new BoxTool(on);
    tool.set({ longitude: 0, latitude: 0, cell: 8, x: 0.2, y: 1.2 });
    tool.set({ longitude: 0, latitude: 0, cell: 18, ...to });
  }
  assert.deepEqual(on.shapes, [{ cells: [[1, 0], [1, 2], [2, 0], [2, 1], [2, 2]] }]);
  assert.match(on.told[0], /at most 20\u202f000 cells/);
});

test("a box of no height is none", () => {
  assert.deepEqual(dragged(BoxTool, [[10, 20], [30, 20]]), []);
});

test("a polygon is closed on its first corner, by finishing, or by the same corner twice", () => {
  const corners = [[0, 0], [10, 0], [10, 10]].map((place) => point(...place));
  for (const end of [(tool) => tool.set(point(0, 0)), (tool) => tool.finish(), (tool) => tool.set(corners[2])]) {
    const on = board();
    const tool = new PolygonTool(on);
    for (const corner of corners) tool.set(corner);
    end(tool);
    assert.deepEqual(on.shapes, [{ polygon: [[0, 0], [10, 0], [10, 10]] }]);
  }
});

test("a polygon needs three corners", () => {
  const on = board();
  const tool = new PolygonTool(on);
  tool.set(point(0, 0));
  tool.set(point(10, 0));
  tool.finish();
  assert.equal(on.shapes.length, 0);
  assert.equal(tool.pending, 2);
  tool.back();
  assert.equal(tool.pending, 1);
  tool.cancel();
  assert.equal(tool.pending, 0);
});

test("a polygon over the date line does not jump around the globe", () => {
  const [shape] = dragged(PolygonTool, [[175, 0], [180, 0], [185, 0], [185, 5], [175, 5]]);
  assert.ok(shape.polygon.every(([longitude]) => longitude >= 175 && longitude <= 185));
});

test("a line is dragged from end to end, or clicked and ended by the last point again", () => {
  assert.deepEqual(dragged(LineTool, [[0, 0], [5, 1], [20, 10]]), [{ line: [[0, 0], [20, 10]], width_km: 40 }]);
  const on = board();
  const tool = new LineTool(on);
  for (const place of [[170, 0], [-175, 5], [-175, 5]]) tool.set(point(...place));
  assert.deepEqual(on.shapes, [{ line: [[170, 0], [-175, 5]], width_km: 40 }]);
});

test("two places are done with the second", () => {
  const on = board();
  const tool = new PlacesTool(on);
  tool.set(point(-8, 36));
  tool.set(point(-3, 36));
  assert.deepEqual(on.shapes[0].line, [[-8, 36], [-3, 36]]);
});

test("a stroke of the brush has the radius of the brush and keeps points apart", () => {
  const [shape] = dragged(BrushTool, [[0, 0], [0.1, 0], [1, 0], [2, 0]]);
  assert.equal(shape.radius_km, 150);
  assert.deepEqual(shape.brush, [[0, 0], [1, 0], [2, 0]]);
});

test("a fast drag over cells leaves no gap", () => {
  const [shape] = dragged(CellTool, [[0.5, 0.5], [6.5, 0.5]]);
  assert.deepEqual(shape.cells, [0, 1, 2, 3, 4, 5, 6].map((column) => [90, 180 + column]));
});

test("a region is asked from the centre of the cell", () => {
  assert.deepEqual(dragged(RegionTool, [[0.9, 0.1]]), [{ region: [0.5, 0.5] }]);
});

test("every tool has a name, a letter of its own and words for the keyboard", () => {
  const shown = TOOLS.filter(({ hidden }) => !hidden);
  assert.equal(new Set(shown.map(({ letter }) => letter)).size, shown.length);
  assert.ok(TOOLS.every(({ title, hint, keys }) => title && hint && keys));
});
