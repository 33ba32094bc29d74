import Testing

@testable import Workflows

@Suite struct EvaluateDrawsTests {
  /// Blocks so high that noise does not matter, so that every number can be worked out.
  private func request(blocks: [Int], bin: Int = 2) -> DrawsEvaluationRequest {
    var request = DrawsEvaluationRequest()
    request.fields = 3
    request.replicates = [99]
    request.blocks = blocks
    request.height = 1e6
    request.minimumBin = bin
    request.threads = 2
    return request
  }

  @Test(arguments: [(1, 135.0), (2, 111), (3, 111)])
  func `discoveries in three high blocks are those worked out by hand`(bin: Int, expected: Double) throws {
    // 75 of 1,600 cells are raised by h: mean 0.0469 h, deviation 0.2114 h. A cell whose 3 x 3 window holds c raised ones has
    // z = (c - 0.422) / 0.634: 0.9, 2.49 and 4.07 for 1, 2 and 3, one-sided p 0.18, 0.0064 and 0.000024. About a block of
    // 5 x 5 there are 4 windows of one, 8 of two and 37 of three and more. Benjamini-Hochberg: two of nine need
    // 0.0064 <= rate x 135 / 1600, true at 10 % (0.0084) and not at 5 % (0.0042); three need 0.000024 <= rate x 111 / 1600.
    let result = evaluateDraws(request(blocks: [3], bin: bin))
    #expect(result.cells == 1600 && result.fields == 3)
    let analytic = try #require(result.rows.first)
    #expect(analytic.draws == "analytic" && analytic.replicates == 0)
    #expect(abs(analytic.raised - 3 * 49.0 / 1600) < 1e-12, "a cell with a raised neighbour is raised")
    #expect(analytic.discoveries == expected)
    #expect(analytic.discoveriesDeviation == 0 && analytic.monteCarloDeviation == 0)
    #expect(analytic.falseShare == 0 && analytic.falseShareQuantile == 0 && analytic.anyFalse == 0)
    #expect(analytic.passed == 0, "a window without a raised cell has a z below 0")
  }

  @Test func `with 99 permutations the smallest p is 0.01, which so few cells cannot carry through a correction`() {
    // 0.01 passes at 5 % when at least 320 of 1,600 cells have it; 147 are raised.
    let result = evaluateDraws(request(blocks: [3]))
    #expect(result.rows.map(\.draws) == ["analytic", "shared", "independent"])
    #expect(result.rows.map(\.replicates) == [0, 99, 99])
    #expect(result.rows.dropFirst().allSatisfy { $0.discoveries == 0 && $0.falseShare == 0 && $0.anyFalse == 0 })
    // All 16 tiles: 784 raised cells, enough of them for p of 0.01 to pass.
    let many = evaluateDraws(request(blocks: [99]))
    #expect(many.rows.allSatisfy { abs($0.raised - 0.49) < 1e-12 })
    #expect(many.rows.allSatisfy { $0.falseShare == 0 })
  }

  @Test func `without blocks every discovery is false`() {
    var request = request(blocks: [0], bin: 1)
    request.fields = 60
    let result = evaluateDraws(request)
    for row in result.rows {
      #expect(row.raised == 0)
      #expect(row.falseShare == row.anyFalse)
      // White noise passes 5 % in 5 % of cells; windows overlap, so that 60 fields leave a standard error below 0.2 %.
      #expect(abs(row.passed - 0.05) < 0.01)
    }
  }

  @Test func `the table does not depend on the number of threads, but on the seed`() {
    var request = request(blocks: [0, 3])
    request.height = 2
    request.replicates = [199]
    let two = evaluateDraws(request)
    request.threads = 1
    let one = evaluateDraws(request)
    #expect(one.rows.map(\.discoveries) == two.rows.map(\.discoveries))
    #expect(one.rows.map(\.passedDeviation) == two.rows.map(\.passedDeviation))
    request.seed = 2
    #expect(evaluateDraws(request).rows.map(\.passedDeviation) != one.rows.map(\.passedDeviation))
  }
}
