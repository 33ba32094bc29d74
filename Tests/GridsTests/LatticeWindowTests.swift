import Testing

@testable import Grids

@Suite struct LatticeWindowTests {
  private let cells = [(4, -7), (9, -7), (5, -6), (-3, 2)].map {
    CellID(sizeMetres: 3000, column: Int32($0.0), row: Int32($0.1))
  }

  @Test func `every cell finds its slot, every other position is empty`() throws {
    let window = try #require(LatticeWindow(cells: cells, margin: 2))
    #expect(window.stride == 9 - (-3) + 1 + 4)
    #expect(window.height == 2 - (-7) + 1 + 4)
    let slots = window.slots
    for (slot, cell) in cells.enumerated() {
      #expect(window.position(of: cell) == Int(window.positions[slot]))
      #expect(slots[Int(window.positions[slot])] == Int32(slot))
    }
    #expect(slots.filter { $0 >= 0 }.count == cells.count)
    #expect(window.presence.reduce(0) { $0 + Int($1) } == cells.count)
  }

  @Test func `a window that would be too large is refused`() {
    let far = [cells[0], CellID(sizeMetres: 3000, column: 900_000, row: 900_000)]
    #expect(LatticeWindow(cells: far, margin: 1) == nil)
    #expect(LatticeWindow(cells: cells, margin: 1, maximumSize: 100) == nil)
    #expect(LatticeWindow(cells: [], margin: 1) == nil)
    let ends = [Int32.min, Int32.max].map { CellID(sizeMetres: 3000, column: $0, row: $0) }
    #expect(LatticeWindow(cells: ends, margin: 1) == nil)
  }

  @Test func `places outside and cells of another size have no position`() throws {
    let window = try #require(LatticeWindow(cells: cells, margin: 0))
    #expect(window.position(of: CellID(sizeMetres: 500, column: 4, row: -7)) == nil)
    #expect(window.position(of: CellID(sizeMetres: 3000, column: 10, row: -7)) == nil)
    #expect(window.position(of: CellID(sizeMetres: 3000, column: 4, row: -8)) == nil)
  }
}
