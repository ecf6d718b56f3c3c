// Squarified treemap: divides a rectangle into parts whose areas are proportional to the values and whose shapes are as
// close to squares as possible.

/** @typedef {{ x: number, y: number, width: number, height: number }} Rectangle */

/** Returns the worst aspect ratio in a row of areas along a side. @param {number[]} areas @param {number} side */
function worstRatio(areas, side) {
  const sum = areas.reduce((total, area) => total + area, 0);
  const thickness = sum / side;
  return areas.reduce((worst, area) => {
    const length = area / thickness;
    return Math.max(worst, length / thickness, thickness / length);
  }, 0);
}

/**
 * Returns one rectangle per value, in the same order. The values are positive and in descending order.
 * @param {number[]} values @param {number} width @param {number} height @returns {Rectangle[]}
 */
function squarify(values, width, height) {
  const total = values.reduce((sum, value) => sum + value, 0);
  const scale = total > 0 ? width * height / total : 0;
  /** @type {Rectangle[]} */
  const made = [];
  const free = { x: 0, y: 0, width, height };
  /** @type {number[]} */
  let row = [];
  const layRow = () => {
    const isWide = free.width >= free.height;
    const side = isWide ? free.height : free.width;
    const sum = row.reduce((all, area) => all + area, 0);
    const thickness = side > 0 ? sum / side : 0;
    let along = 0;
    for (const area of row) {
      const length = thickness > 0 ? area / thickness : 0;
      made.push(isWide ? { x: free.x, y: free.y + along, width: thickness, height: length }
        : { x: free.x + along, y: free.y, width: length, height: thickness });
      along += length;
    }
    if (isWide) {
      free.x += thickness;
      free.width -= thickness;
    } else {
      free.y += thickness;
      free.height -= thickness;
    }
    row = [];
  };
  for (const value of values) {
    const area = value * scale;
    const side = Math.min(free.width, free.height);
    if (row.length > 0 && worstRatio([...row, area], side) > worstRatio(row, side)) layRow();
    row.push(area);
  }
  if (row.length > 0) layRow();
  return made;
}
