import Foundation
import Randomness
import TestSupport

/// `fixtures/reference/evaluation.json`.
struct EvaluationReference: Decodable {
  struct Logistic: Decodable {
    let x: [[Double]]
    let y: [Double]
    let w: [Double]
    let ridge: Double
    let free: [Double]
    let freeIntercept: Double
    let bounded: [Double]
    let boundedIntercept: Double
  }
  struct Linear: Decodable {
    let x: [[Double]]
    let y: [Double]
    let ridge: Double
    let bounded: [Double]
    let boundedIntercept: Double
  }
  struct Measures: Decodable {
    let p: [Double]
    let y: [Bool]
    let w: [Double]
    let auc: Double
    let brier: Double
    let logLoss: Double
    let ece: Double
  }
  struct Survey: Decodable {
    let pi: [Double]
    let y: [Double]
    let frame: Int
    let ht: Double
    let htSe: Double
    let hajek: Double
    let hajekSe: Double
    let htEnds: [Double]
    let hajekEnds: [Double]
  }
  let logistic: [Logistic]
  let linear: [Linear]
  let measures: [Measures]
  let survey: [Survey]

  static func load() throws -> EvaluationReference {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      EvaluationReference.self, from: Data(contentsOf: TestFiles.fixture("reference/evaluation.json")))
  }
}

/// Random numbers of tests.
struct TestNumbers {
  var stream: RandomStream
  init(_ seed: UInt64) { stream = RandomStream(seed: seed, slot: 0, replicate: 0) }
  mutating func uniform() -> Double { Double(stream.next() >> 11) * 0x1p-53 }
}
