import Foundation
import TestSupport

/// Reference values of `fixtures/reference/evidence.json`; see ORIGIN.md beside it.
struct EvidenceReferences: Decodable {
  struct Bearing: Decodable {
    let from: [Double]
    let to: [Double]
    let bearing: Double
    let distance: Double
  }
  struct Tail: Decodable {
    let a: Double
    let x: Double
    let lower: Double
  }
  struct Quantile: Decodable {
    let p: Double
    let shape: Double
    let rate: Double
    let value: Double
  }
  struct Box: Decodable {
    let x: Double
    let y: Double
    let radius: Double
    let probability: Double
  }
  struct LogLinear: Decodable {
    let lists: Int
    let counts: [Double]
    let pairs: [[Int]]
    let total: Double
    let deviance: Double
  }

  let bearings: [Bearing]
  let gamma_tails: [Tail]
  let gamma_quantiles: [Quantile]
  let box_probability: [Box]
  let log_linear: [LogLinear]

  static let all = Result {
    try JSONDecoder().decode(
      EvidenceReferences.self, from: Data(contentsOf: TestFiles.fixture("reference/evidence.json")))
  }
}
