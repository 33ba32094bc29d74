import Foundation
import Geometry
import TestSupport
import Testing

@testable import Surfaces

/// Estimates of PyKrige and GSTools on made-up readings; tools/reference/kriging.py wrote them.
struct KrigingReference: Decodable {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let shape: String
    let psill: Double
    let range: Double
    let nugget: Double
    let neighbours: Int
    let trend: String
    let azimuth: Double?
    let ratio: Double?
    let errors: [Double]?
    let values: [Double]
    let variances: [Double]

    var testDescription: String { name }
  }

  let x: [Double]
  let y: [Double]
  let z: [Double]
  let drift: [Double]
  let targetX: [Double]
  let targetY: [Double]
  let targetDrift: [Double]
  let cases: [Case]

  static let shared = Result {
    try JSONDecoder().decode(
      KrigingReference.self, from: Data(contentsOf: TestFiles.fixture("reference/kriging-reference.json")))
  }

  func places(_ xs: [Double], _ ys: [Double]) -> [PlanePoint] { zip(xs, ys).map { PlanePoint(x: $0, y: $1) } }
}

@Suite struct KrigingReferenceTests {
  static let cases = (try? KrigingReference.shared.get().cases) ?? []

  @Test func `the reference is there`() throws { #expect(try KrigingReference.shared.get().cases.count == 10) }

  @Test(arguments: cases)
  func `estimates and variances are those of the reference`(_ example: KrigingReference.Case) throws {
    let reference = try KrigingReference.shared.get()
    let shape = try #require(VariogramModel.Shape(rawValue: example.shape))
    let anisotropy = example.azimuth.map {
      VariogramModel.Anisotropy(azimuthDegrees: $0, ratio: example.ratio ?? 1)
    }
    let model = VariogramModel(
      shape: shape, nugget: example.nugget, partialSill: example.psill, rangeMetres: example.range,
      anisotropy: anisotropy)
    let trend: Kriging.Trend = example.trend == "plane" ? .plane : example.trend == "external" ? .external : .constant
    let kriging = Kriging(
      Observations(
        places: reference.places(reference.x, reference.y), values: reference.z,
        errorVariances: example.errors ?? reference.z.map { _ in 0 }, drifts: reference.drift), model: model,
      trend: trend,
      neighbours: example.neighbours)
    let targets = reference.places(reference.targetX, reference.targetY)
    let estimates = kriging.estimates(at: targets, drifts: reference.targetDrift, threads: 2)
    for (k, estimate) in estimates.enumerated() {
      let estimate = try #require(estimate)
      #expect(abs(estimate.value - example.values[k]) < 1e-6, "target \(k)")
      #expect(abs(estimate.variance - example.variances[k]) < 1e-6, "target \(k)")
    }
  }
}
