import Evidence
import Foundation
import Testing

@Suite struct PlumeKernelTests {
  /// Briggs's open-country formulas by hand, x = 1000 m: σy D = 0.08·1000/√1.1, σz D = 0.06·1000/√2.5, and so on.
  @Test(
    arguments: [
      (DispersionClass.a, 209.762, 200.0), (.b, 152.554, 120), (.c, 104.881, 73.030), (.d, 76.277, 37.947),
      (.e, 57.208, 23.077), (.f, 38.139, 12.308),
    ])
  func `deviations at one kilometre are Briggs's`(dispersion: DispersionClass, lateral: Double, vertical: Double) {
    #expect(abs(dispersion.lateralDeviation(metres: 1000) - lateral) < 0.001)
    #expect(abs(dispersion.verticalDeviation(metres: 1000) - vertical) < 0.001)
  }

  @Test func `a point on the axis has the textbook concentration`() {
    var kernel = PlumeKernel()
    kernel.footprintMetres = 0
    kernel.meanderDegrees = 0
    kernel.lossMetres = .infinity
    kernel.mixingMetres = 1e9
    kernel.releaseMetres = 30
    let (sigmaY, sigmaZ) = (76.2770, 37.9473)
    let expected = exp(-30.0 * 30 / (2 * sigmaZ * sigmaZ)) / (Double.pi * sigmaY * sigmaZ)
    let value = kernel.perEmission(along: 1000, across: 0, positionMetres: 0, dispersion: .d)
    #expect(abs(value / expected - 1) < 1e-5)
    #expect(kernel.perEmission(along: -1000, across: 0, positionMetres: 0, dispersion: .d) == 0)
  }

  @Test func `a footprint sees the mean of its points`() {
    var kernel = PlumeKernel()
    kernel.footprintMetres = 3000
    var point = kernel
    point.footprintMetres = 0
    // Far enough that eight steps along the wind are as good as many.
    let whole = kernel.perEmission(along: 9000, across: 1200, positionMetres: 500, dispersion: .c)
    var sum = 0.0
    for i in 0..<60 {
      for j in 0..<60 {
        sum += point.perEmission(
          along: 9000 - 1475 + Double(i) * 50, across: 1200 - 1475 + Double(j) * 50, positionMetres: 500, dispersion: .c
        )
      }
    }
    #expect(abs(whole / (sum / 3600) - 1) < 0.01)
  }

  @Test func `what flows through a plane does not depend on how far off the axis it is spread`() {
    var kernel = PlumeKernel()
    kernel.footprintMetres = 0
    func column(_ position: Double) -> Double {
      stride(from: -12_000.0, through: 12_000, by: 50).reduce(0) {
        $0 + 50 * kernel.perEmission(along: 4000, across: $1, positionMetres: position, dispersion: .d)
      }
    }
    #expect(abs(column(0) / column(800) - 1) < 1e-3)
  }

  @Test func `the air is no more stable by day than by night`() {
    for speed in [0.6, 1.5, 2.5, 4, 7] {
      #expect(
        DispersionClass(speed: speed, hourOfDay: 12).rawValue <= DispersionClass(speed: speed, hourOfDay: 2).rawValue)
    }
    #expect(DispersionClass(speed: 8, hourOfDay: 12) == .d && DispersionClass(speed: 1, hourOfDay: 23) == .e)
  }
}
