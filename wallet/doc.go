// Package wallet is for money: the double-entry ledger through which alone money
// moves, in whole fen, with pay passwords, recharge, withdrawal and bank cards.
//
// It holds no code yet. Its operations, 51 to 66 of the API document, are among
// the pending ones of httpapi's route table, which refuse every call.
package wallet
