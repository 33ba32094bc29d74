import Foundation
import Quantities
import TestSupport
import Testing

/// How a colour looks to people, in CIE L*a*b* (CIE 15:2004) under D65.
private struct Seen {
  let l: Double
  let a: Double
  let b: Double

  /// Machado, Oliveira & Fernandes (2009), doi:10.1109/TVCG.2009.113, table of severity 1.0; linear red, green, blue.
  static let deficiencies: [String: [[Double]]] = [
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
      [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
      [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
      [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ],
  ]

  init(_ colour: (red: Int, green: Int, blue: Int), _ matrix: [[Double]]) {
    let linear = [colour.red, colour.green, colour.blue].map { number -> Double in
      let share = Double(number) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    let rgb = matrix.map { row in min(1, max(0, zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 })) }
    let x = (0.4124564 * rgb[0] + 0.3575761 * rgb[1] + 0.1804375 * rgb[2]) / 0.95047
    let y = 0.2126729 * rgb[0] + 0.7151522 * rgb[1] + 0.0721750 * rgb[2]
    let z = (0.0193339 * rgb[0] + 0.1191920 * rgb[1] + 0.9503041 * rgb[2]) / 1.08883
    func f(_ t: Double) -> Double { t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116 }
    l = 116 * f(y) - 16
    a = 500 * (f(x) - f(y))
    b = 200 * (f(y) - f(z))
  }

  /// ΔE*ab; about 2.3 is just noticed.
  func difference(_ other: Seen) -> Double {
    ((l - other.l) * (l - other.l) + (a - other.a) * (a - other.a) + (b - other.b) * (b - other.b)).squareRoot()
  }
}

@Suite struct ConfidenceBinColourTests {
  @Test func `white and black are as far apart as they can be`() {
    let normal = Seen.deficiencies["normal"] ?? []
    #expect(abs(Seen((255, 255, 255), normal).l - 100) < 0.01)
    #expect(abs(Seen((0, 0, 0), normal).l) < 0.01)
  }

  @Test(arguments: ["normal", "protanopia", "deuteranopia", "tritanopia"])
  func `every class differs from every other for this eye, and darkens as it gets surer`(eye: String) throws {
    let matrix = try #require(Seen.deficiencies[eye])
    let seen = ConfidenceBin.allCases.map { Seen($0.colour, matrix) }
    for first in seen.indices {
      for second in seen.indices where second > first {
        let difference = seen[first].difference(seen[second])
        #expect(difference > 9, "\(ConfidenceBin.allCases[first]) and \(ConfidenceBin.allCases[second]): \(difference)")
      }
    }
    // Cold from -3 up to 0, hot from 0 up to 3.
    for k in 0..<3 { #expect(seen[k].l < seen[k + 1].l - 3) }
    for k in 3..<6 { #expect(seen[k].l > seen[k + 1].l + 3) }
  }

  @Test func `signs and strokes tell the classes apart without any colour`() {
    let signs = ConfidenceBin.allCases.map(\.sign)
    #expect(signs == ["C3", "C2", "C1", "", "H1", "H2", "H3"])
    #expect(ConfidenceBin.allCases.map(\.strokes) == [3, 2, 1, 0, 1, 2, 3])
  }
}
