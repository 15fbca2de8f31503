import ArgumentParser
import Foundation
import PFSim

/// What `pfsim bench` measures beside the evaluation of rules.
enum BenchMeasure: String, CaseIterable, Sendable {
  /// The evaluation of rules: the table of runs.
  case rules
  /// Packets of established connections: search and tracking, and the whole hook.
  case states
  /// New states and their expiry.
  case creation
  /// Lookups in a large table.
  case tables
  /// The replay of a generated capture.
  case replay
  /// Two cores against one.
  case cores
}

/// One number beside the table of runs.
struct BenchNumber {
  var name: String
  /// The number of states, entries or packets.
  var size: Int
  /// The best window, in nanoseconds unless ``unit`` says otherwise.
  var minimum: Double
  var median: Double?
  var unit = "ns"
}

/// Takes the measurements that are no evaluation of rules.
struct BenchMeasures {
  let measures: [BenchMeasure]
  let seconds: Double
  let stateCounts: [Int]
  let replayPackets: Int
  let seed: UInt64

  private static let clock: @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }

  /// Takes them one after the other.
  func run(_ progress: inout Progress) throws -> [BenchNumber] {
    var numbers: [BenchNumber] = []
    for measure in measures {
      switch measure {
      case .rules: break
      case .states:
        for count in stateCounts {
          progress.update("\(count) states")
          numbers += try states(count)
        }
      case .creation:
        progress.update("new states")
        numbers += try creation()
      case .tables:
        progress.update("tables")
        let bench = TableBenchmark(entries: 1_000_000, clock: Self.clock)
        numbers.append(number("table lookup, Zipf", 1_000_000, bench.measure(seconds: seconds * 4)))
      case .replay:
        progress.update("replay")
        numbers += try replay()
      case .cores:
        progress.update("cores")
        numbers.append(try cores())
      }
    }
    return numbers
  }

  private func number(
    _ name: String, _ size: Int, _ measured: PFSim.Measurement
  ) -> BenchNumber {
    BenchNumber(name: name, size: size, minimum: measured.minimum, median: measured.median)
  }

  private func states(_ count: Int) throws -> [BenchNumber] {
    do {
      let plain = try StateBenchmark(count: count, translates: false, clock: Self.clock)
      let hit = plain.measureHits(seconds: seconds * 4)
      let hitAhead = plain.measureHits(seconds: seconds * 4, ahead: true)
      let hook = plain.measureHook(seconds: seconds * 4)
      let translated = try StateBenchmark(count: count, translates: true, clock: Self.clock)
      let rewriting = translated.measureHook(seconds: seconds * 4)
      let rewritingAhead = translated.measureHook(seconds: seconds * 4, ahead: true)
      return [
        number("state hit, TCP window tracked", count, hit),
        number("state hit, searches begun ahead", count, hitAhead),
        number("hook, state hit", count, hook),
        number("hook, state hit, NAT rewrite", count, rewriting),
        number("hook, NAT rewrite, searches begun ahead", count, rewritingAhead),
        BenchNumber(
          name: "memory of a state", size: count, minimum: plain.bytesPerState, unit: "bytes"),
        BenchNumber(
          name: "memory of a state with NAT", size: count, minimum: translated.bytesPerState,
          unit: "bytes"),
      ]
    } catch {
      throw CommandFailure(.internalError, error.message)
    }
  }

  private func creation() throws -> [BenchNumber] {
    do {
      let count = 200_000
      let new = try StateBenchmark.measureCreation(
        count: count, translates: true, clock: Self.clock)
      return [
        number("new state with NAT", count, new.creation),
        number("expiry of a state with NAT", count, new.expiry),
      ]
    } catch {
      throw CommandFailure(.internalError, error.message)
    }
  }

  private func replay() throws -> [BenchNumber] {
    let path = NSTemporaryDirectory() + "pfsim-bench-\(getpid()).pcap"
    defer { unlink(path) }
    do {
      try ReplayBenchmark.write(packets: replayPackets, flows: 100_000, to: path)
      let outcome = try ReplayBenchmark(path: path, clock: Self.clock).measure(runs: 2)
      return [
        BenchNumber(name: "libpcap alone", size: outcome.packets, minimum: outcome.reading),
        BenchNumber(name: "replay, NAT mode", size: outcome.packets, minimum: outcome.replay),
        BenchNumber(
          name: "packets passed", size: outcome.packets,
          minimum: Double(outcome.passed) / Double(max(outcome.packets, 1)) * 100, unit: "%"),
        BenchNumber(
          name: "largest memory so far", size: outcome.packets, minimum: Self.largestMemory,
          unit: "MB"),
      ]
    } catch let error as CaptureError {
      throw error.failure
    }
  }

  /// The most memory that the process had at a time, in megabytes.
  private static var largestMemory: Double {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1e6
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1e3
    #endif
  }

  private func cores() throws -> BenchNumber {
    let ruleset = RulesetGenerator(shape: .acl, count: 1_000, seed: seed).ruleset()
    let packets = TraceGenerator(shape: .zipf, seed: seed).packets(count: 200_000, for: ruleset)
    do {
      let ratio = try CoresBenchmark.measure(ruleset, packets, pairs: 10, clock: Self.clock)
      return BenchNumber(
        name: "two cores against one", size: 1_000, minimum: ratio, unit: "times")
    } catch {
      throw CommandFailure(.internalError, error.message)
    }
  }
}
